import numpy as np, json, struct
from safetensors.numpy import save_file
d='./'
for t in ['f8','f4','f2','i8','i4','i2','i1','u1','b1']:
    a=(np.arange(6)%2).reshape(2,3).astype(t) if t=='b1' else (np.arange(6)*1.5-(0 if t=='u1' else 2)).reshape(2,3).astype(t)
    np.save(d+f'{t}.npy',a)
np.save(d+'fortran.npy',np.asfortranarray(np.arange(24,dtype='<f4').reshape(2,3,4)))
np.save(d+'scalar.npy',np.float64(2.5))
np.save(d+'empty.npy',np.zeros((0,3),'<f4'))
np.save(d+'vector.npy',np.arange(5,dtype='<i8'))
for v in (2,3):
    with open(d+f'version{v}.npy','wb') as f: np.lib.format.write_array(f,np.arange(4,dtype='<i4'),version=(v,0))
np.save(d+'big-endian.npy',np.arange(3,dtype='>f4'))
np.savez(d+'stored.npz',w=np.arange(6,dtype='<f4').reshape(2,3),ids=np.array([3,1,2]))
np.savez_compressed(d+'deflated.npz',w=np.arange(600,dtype='<f4').reshape(20,30),ids=np.array([3,1,2]))
save_file({'w':np.arange(6,dtype='<f4').reshape(2,3),'ids':np.array([3,1,2]),'flag':np.array([True,False]),'half':np.array([0.5,-2],dtype='<f2'),'none':np.zeros((0,4),'<f4')},d+'small.safetensors',metadata={'format':'pt','note':'né'})
import torch
from safetensors.torch import save_file as st
st({'b':torch.tensor([1.5,-3.25],dtype=torch.bfloat16),'e4':torch.tensor([1.5,-448.0]).to(torch.float8_e4m3fn),'e5':torch.tensor([1.5,-57344.0]).to(torch.float8_e5m2),'scalar':torch.tensor(7.0)},d+'narrow.safetensors')
